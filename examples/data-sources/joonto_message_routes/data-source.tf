data "joonto_message_routes" "all" {}

# Finds the route of a number by its name.
output "message_route_ids" {
  value = { for route in data.joonto_message_routes.all.routes : route.route_name => route.route_id... }
}
