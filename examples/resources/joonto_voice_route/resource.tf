resource "joonto_voice_route" "trunk" {
  route_name = "trunk"
  route_type = "Trunk"

  trunk_ip1        = "192.0.2.1"
  trunk_port1      = 5061
  trunk_transport1 = "TLS"
  trunk_enabled1   = true
  trunk1_priority  = 10

  ip_whitelist = ["192.0.2.10", "192.0.2.11"]
}

resource "joonto_voice_route" "menu" {
  route_name       = "menu"
  route_type       = "URL"
  voice_url        = "https://example.com/voice"
  voice_url_method = "POST"
}
