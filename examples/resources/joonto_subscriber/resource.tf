variable "account_id" {
  type = string
}

variable "subscriber_password" {
  type      = string
  sensitive = true
}

resource "joonto_subscriber" "ada" {
  email      = "ada@example.com"
  name       = "Ada Example"
  role       = "Subscriber"
  account_id = var.account_id

  # Never stored. Another version sends it again.
  password_wo         = var.subscriber_password
  password_wo_version = 1
}
