data "joonto_numbers" "trackers" {
  number_type = "mvno"
  status      = "Active"
}

locals {
  trackers = { for number in data.joonto_numbers.trackers.numbers : number.phone_number => number }
}

import {
  for_each = local.trackers
  to       = joonto_number.tracker[each.key]
  id       = each.key
}

resource "joonto_number" "tracker" {
  for_each = local.trackers

  number_type     = each.value.number_type
  message_type    = each.value.message_type
  message_enabled = each.value.message_enabled
  voice_enabled   = each.value.voice_enabled
  deletion_policy = "prevent"
}
