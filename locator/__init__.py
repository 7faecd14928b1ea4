"""The public pages: find a desk that is open, near, and speaks your language. Static, list first, no Streamlit."""
