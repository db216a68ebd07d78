variable "hook_password" {
  type      = string
  sensitive = true
}

resource "joonto_webhook" "orders" {
  url    = "https://hooks.example.com/joonto"
  events = ["Order_Update", "New_Sms"]

  authentication {
    type     = "basic"
    username = "hook"
    # Terraform 1.11 and later: never stored. Another version sends it again.
    password_wo         = var.hook_password
    password_wo_version = 1
  }
}
