"""Code that opens a link inside an app and notices its end, to copy; pure text, made for one link."""

from collections.abc import Sequence
from dataclasses import dataclass

IOS = """
// Info.plist: NSCameraUsageDescription and, for a video of the face, NSMicrophoneUsageDescription
let settings = WKWebViewConfiguration()
settings.allowsInlineMediaPlayback = true
let web = WKWebView(frame: view.bounds, configuration: settings)
web.navigationDelegate = self
web.load(URLRequest(url: URL(string: "ADDRESS")!))

let ends = ENDS_SWIFT
func webView(_ web: WKWebView, didFinish navigation: WKNavigation!) {
    let here = web.url?.absoluteString ?? ""
    if ends.contains(where: here.hasPrefix) { dismiss(animated: true) }
}
"""
ANDROID = """
// Manifest: CAMERA and, for a video of the face, RECORD_AUDIO; ask the person for both first
val ends = ENDS_KOTLIN
web.settings.javaScriptEnabled = true
web.settings.domStorageEnabled = true
web.settings.mediaPlaybackRequiresUserGesture = false
web.webChromeClient = object : WebChromeClient() {
    override fun onPermissionRequest(asked: PermissionRequest) {
        if (asked.origin.toString().startsWith("ORIGIN")) asked.grant(asked.resources) else asked.deny()
    }
}
web.webViewClient = object : WebViewClient() {
    override fun onPageFinished(view: WebView, url: String) {
        if (ends.any(url::startsWith)) finish()
    }
}
web.loadUrl("ADDRESS")
"""
CORDOVA = """
const ends = ENDS_SCRIPT;
const web = cordova.InAppBrowser.open("ADDRESS", "_blank", "location=yes,allowInlineMediaPlayback=yes");
web.addEventListener("loadstop", (event) => {
  if (ends.some((end) => event.url.startsWith(end))) web.close();
});
"""
"""Each opens our address, so that the opening is counted, and closes once the last page is loaded: any earlier, and the
console would not learn that the person came back."""


@dataclass(frozen=True, kw_only=True)
class App:
    """One system's code; `key` is fit for an id."""

    key: str
    system: str
    code: str


def apps(address: str, *, ends: Sequence[str], origin: str) -> tuple[App, ...]:
    """The code for each system: opens `address`, lets pages of `origin` use the camera, closes at one of `ends`."""
    return (
        App(key="ios", system="iOS, WKWebView", code=_filled(IOS, address, ends, origin)),
        App(key="android", system="Android, WebView", code=_filled(ANDROID, address, ends, origin)),
        App(key="cordova", system="Cordova, InAppBrowser", code=_filled(CORDOVA, address, ends, origin)),
    )


def _filled(code: str, address: str, ends: Sequence[str], origin: str) -> str:
    listed = ", ".join(f'"{_quoted(end)}"' for end in ends)
    kotlin = listed.replace("$", "${'$'}")  # there, a dollar in a text begins a name
    code = code.replace("ADDRESS", _quoted(address)).replace("ORIGIN", _quoted(origin)).strip()
    for name, text in (("SWIFT", f"[{listed}]"), ("KOTLIN", f"listOf({kotlin})"), ("SCRIPT", f"[{listed}]")):
        code = code.replace(f"ENDS_{name}", text)
    return code


def _quoted(address: str) -> str:
    """Fit to stand between double quotes, in any language: as the browser itself would write it."""
    return address.replace("\\", "%5C").replace('"', "%22")
