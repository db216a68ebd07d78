locals {
  fleet = { for row in csvdecode(file("${path.module}/fleet.csv")) : row.device => row }
}

resource "joonto_number" "device" {
  for_each = local.fleet

  number_type     = "iot"
  message_type    = "p2p"
  message_enabled = false
  voice_enabled   = false
  data_enabled    = true
}

# Equal limits share a request, up to 100 numbers in each.
resource "joonto_number_data_limit" "device" {
  for_each = local.fleet

  phone_number = joonto_number.device[each.key].phone_number_assigned
  notify_value = floor(each.value.limit_mb * 0.8)
  limit_value  = each.value.limit_mb

  renewal {
    auto_renew  = true
    period_type = "M"
    renewal_day = 1
  }
}

# The API calls this URL when an order completes, or when its status changes.
resource "joonto_webhook" "orders" {
  url    = "https://example.com/joonto"
  events = ["Order_Update"]
}

data "joonto_data_usage" "fleet" {
  # A number whose order is still pending has no digits yet.
  phone_numbers = compact([for number in joonto_number.device : number.phone_number_assigned])
}

locals {
  # Devices that have used more than nine tenths of their limit.
  nearly_used_up = [
    for device, number in joonto_number.device : device
    if try(
      data.joonto_data_usage.fleet.usage[number.phone_number_assigned].used_bytes >
      local.fleet[device].limit_mb * 1024 * 1024 * 0.9,
      false
    )
  ]
}

# A warning in each plan and apply. It stops neither.
check "data_usage" {
  assert {
    condition     = length(local.nearly_used_up) == 0
    error_message = "Nearly used up: ${join(", ", local.nearly_used_up)}."
  }
}

output "numbers" {
  value = { for device, number in joonto_number.device : device => number.phone_number_assigned }
}
