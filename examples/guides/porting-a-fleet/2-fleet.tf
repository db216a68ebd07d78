locals {
  fleet   = { for row in csvdecode(file("${path.module}/fleet.csv")) : row.number => row }
  arrived = fileexists("${path.module}/arrived.json") ? jsondecode(file("${path.module}/arrived.json")) : []
}

# By number: account number and PIN at the losing carrier. Neither plan nor state stores it.
variable "carrier_accounts" {
  type      = map(object({ account_number = string, pin = string }))
  sensitive = true
  ephemeral = true
}

resource "joonto_port_in" "fleet" {
  for_each = local.fleet

  phone_number         = each.key
  current_carrier_name = each.value.carrier
  subscriber_name      = each.value.subscriber
  target_number_type   = each.value.type

  # Never stored. Another version in the CSV file sends both again.
  current_account_number_wo           = var.carrier_accounts[each.key].account_number
  current_account_number_wo_version   = each.value.version
  current_account_password_wo         = var.carrier_accounts[each.key].pin
  current_account_password_wo_version = each.value.version

  billing_address {
    street1 = each.value.street
    city    = each.value.city
    state   = each.value.state
    zip     = each.value.zip
  }
}

# What to correct, by number.
output "to_correct" {
  value = {
    for number, port_in in joonto_port_in.fleet : number => port_in.resolution_required
    if port_in.status == "ResolutionRequired"
  }
}

# The numbers that are here.
output "arrived" {
  value = [for number, port_in in joonto_port_in.fleet : number if port_in.status == "Complete"]
}

# From here on: the numbers that are here, managed like any other.
import {
  for_each = toset(local.arrived)
  to       = joonto_number.fleet[each.key]
  id       = each.key
}

resource "joonto_message_route" "inbox" {
  route_name         = "inbox"
  message_url        = "https://example.com/sms"
  message_url_method = "POST"
}

resource "joonto_number" "fleet" {
  for_each = toset(local.arrived)

  number_type      = local.fleet[each.key].type
  message_type     = "p2p"
  message_enabled  = true
  voice_enabled    = false
  message_route_id = joonto_message_route.inbox.route_id
}
