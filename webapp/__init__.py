"""The console. What wires its parts is loaded when it is called: a process that only starts others needs few of them."""

from webapp.later import later

create_app = later("webapp.wiring:create_app")
start_background = later("webapp.wiring:start_background")
