"""QiD as the sandbox plays it: tokens, requests, the 3D selfie page, webhooks; DocuPass is one level up."""
