"""Magento 2.4: its companion module, and the client that speaks to it."""
