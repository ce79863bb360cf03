#!/bin/bash
# The broker in its container: the settings of the launcher without Docker, but reached by the container's name.
set -euo pipefail
here=/etc/reglament
password=$(</run/secrets/kafka-admin)
umask 077
{
    sed -e 's/{NODE}/1/; s/{VOTERS}/1@127.0.0.1:9093/; s/{PORT}/9092/; s/{CPORT}/9093/; s|{ROOT}|/var/lib/kafka|' \
        -e 's/{REPLICATION}/1/; s/{INSYNC}/1/' -e "s/{PASSWORD}/$password/g" \
        $here/server.properties $here/secured.properties
    echo 'listeners=CLIENTS://:9092,CONTROLLER://127.0.0.1:9093'
    echo 'advertised.listeners=CLIENTS://kafka:9092,CONTROLLER://127.0.0.1:9093'
} > /tmp/server.properties
cat > /tmp/admin.properties <<END
security.protocol=SASL_PLAINTEXT
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="admin" password="$password";
END
if [ ! -e /var/lib/kafka/data/meta.properties ]; then
    printf '%s\n' --add-scram "SCRAM-SHA-512=[name=admin,password=$password]" > /tmp/format.arguments
    cluster=$(/opt/kafka/bin/kafka-storage.sh random-uuid)
    /opt/kafka/bin/kafka-storage.sh format -t "$cluster" -c /tmp/server.properties @/tmp/format.arguments
    rm /tmp/format.arguments
fi
exec /opt/kafka/bin/kafka-server-start.sh /tmp/server.properties
