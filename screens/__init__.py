"""The planners' pages, in Italian. Streamlit only here and in ``app.py``."""
