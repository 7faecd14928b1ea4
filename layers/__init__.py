"""What is drawn: one file a layer, folium only here."""
