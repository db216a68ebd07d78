terraform import joonto_webhook.orders WID-2c9f4b7a-61d8-4e35-9a0c-8b7d6e5f4a31
