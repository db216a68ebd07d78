locals {
  fleet = { for row in csvdecode(file("${path.module}/fleet.csv")) : row.number => row }
}

data "joonto_port_in_eligibility" "fleet" {
  for_each = local.fleet

  phone_number          = each.key
  target_classification = each.value.type
}

output "cannot_come_along" {
  value = {
    for number, found in data.joonto_port_in_eligibility.fleet : number => found.message
    if found.eligible == false
  }
}
