# terraform query -generate-config-out=webhooks.tf
list "joonto_webhook" "all" {
  provider = joonto
}
