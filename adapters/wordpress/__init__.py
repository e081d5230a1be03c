"""WordPress and WooCommerce sites, reached through the companion plugin."""
