# Calls go to the office's own switch, which may send calls from this address.
resource "joonto_voice_route" "office" {
  route_name = "office"
  route_type = "Trunk"

  trunk_ip1        = "192.0.2.1"
  trunk_port1      = 5061
  trunk_transport1 = "TLS"
  trunk_enabled1   = true
  trunk1_priority  = 10

  ip_whitelist = ["192.0.2.10"]
}

resource "joonto_number" "desk" {
  number_type     = "mvno"
  message_type    = "p2p"
  message_enabled = false
  voice_enabled   = true
  voice_route_id  = joonto_voice_route.office.route_id

  caller_name {
    first_name = "Example"
    last_name  = "Office"
  }
}

# A line that can call 911 needs the address where its phone stands.
resource "joonto_number_e911_address" "desk" {
  phone_number = joonto_number.desk.phone_number_assigned
  street1      = "1 Sample Way"
  street2      = "Suite 200"
  city         = "Lehi"
  state        = "UT"
  zip          = "84043"
}
