"""What people let applications do (OAuth 2.1): who the applications are, consents, and what stands on them."""
