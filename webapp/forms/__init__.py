"""WTForms: validation of what people type and of what URLs say."""
