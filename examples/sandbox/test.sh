# Runs `terraform test` against a sandbox of its own, beside which it lies.
./joonto-sandbox --port 0 > sandbox.log &
trap "kill $!" EXIT
until grep -q '^Ctrl-C' sandbox.log; do sleep 0.1; done

eval "$(grep '^export ' sandbox.log)" # JOONTO_BASE_URL and the credentials

terraform init
terraform test
