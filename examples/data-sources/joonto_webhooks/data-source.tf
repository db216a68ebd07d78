data "joonto_webhooks" "all" {}

# Webhooks that send no events.
output "inactive_webhooks" {
  value = [for webhook in data.joonto_webhooks.all.webhooks : webhook.id if webhook.active == false]
}
