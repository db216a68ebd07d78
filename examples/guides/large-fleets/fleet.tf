# Half of the account's limit, for one of two pipelines that may run at the same time.
provider "joonto" {
  max_requests_per_minute = 25
}

locals {
  trackers = ["north", "south", "west"]
}

resource "joonto_number" "tracker" {
  for_each = toset(local.trackers)

  number_type     = "iot"
  message_type    = "p2p"
  message_enabled = false
  voice_enabled   = false
}
