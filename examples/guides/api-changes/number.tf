variable "account_id" {
  type        = string
  description = "Needed by distributors with several accounts."
}

provider "joonto" {
  account_id = var.account_id
}

resource "joonto_number" "tracker" {
  number_type     = "iot"
  message_type    = "p2p"
  message_enabled = false
  voice_enabled   = false
  data_enabled    = true
  product_type    = "Data-Only"
}
