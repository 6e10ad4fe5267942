"""What the demo county consists of: texts only, read by ``content.parse``."""
