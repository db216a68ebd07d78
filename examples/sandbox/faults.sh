CONTROL=$(sed -n 's/^Control: *//p' sandbox.log)

# The next purchase is made, and its response is lost.
curl -fsS "$CONTROL/faults" -H 'Content-Type: application/json' \
  -d '{"path": "/v1.0/numbers/provision", "placement": "after", "kind": "drop"}'
