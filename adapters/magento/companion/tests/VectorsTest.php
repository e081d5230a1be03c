<?php
/** The vectors that Python and both PHP sides share, read by this one. */
declare(strict_types=1);

use EmergencyAccess\Broker\Model\Call;
use EmergencyAccess\Broker\Model\Lease;
use EmergencyAccess\Broker\Model\NeverGrant;
use EmergencyAccess\Broker\Model\Order;
use EmergencyAccess\Broker\Model\Pairing;
use EmergencyAccess\Broker\Model\Revocation;
use EmergencyAccess\Broker\Model\Rule;
use EmergencyAccess\Broker\Model\Scope;

$shared = vectors('leases');
$standing = vectors('standing');
$own = vectors('magento');
$pairing = Pairing::fromText($shared['pairing']);
$now = $shared['now'];
$calls = $shared['calls'];
$cases = [];

foreach ($own['leases'] as $vector) {
    $cases["lease: {$vector['name']}"] = static fn () => same($vector['expect'], verdict(
        static fn () => Lease::verify($vector['jws'], $pairing)->mustBeLive($now)
    ));
}
foreach ($shared['leases'] as $vector) {
    // Scopes of another kind of site; whatever is looked at before the scope is the same everywhere.
    $expected = in_array($vector['expect'], ['ok', 'expired', 'not_yet', 'forbidden_capability'], true) ? 'bad_scope' : $vector['expect'];
    $cases["shared lease: {$vector['name']}"] = static fn () => same($expected, verdict(
        static fn () => Lease::verify($vector['jws'], $pairing)
    ));
}
foreach ($shared['revocations'] as $vector) {
    $cases["revocation: {$vector['name']}"] = static fn () => same($vector['expect'], verdict(
        static fn () => Revocation::verify($vector['jws'], $pairing)
    ));
}
foreach ($standing['containments'] as $vector) {
    $cases["order: {$vector['name']}"] = static fn () => same($vector['expect'], verdict(
        static fn () => Order::verify($vector['jws'], $pairing)
    ));
}
foreach ($standing['protections'] as $vector) {
    $cases["rule: {$vector['name']}"] = static fn () => same($vector['expect'], verdict(
        static fn () => Rule::verify($vector['jws'], $pairing)
    ));
}
foreach ([...$calls['cases'], ...$standing['calls']['cases']] as $vector) {
    $cases["call: " . count($cases) . " {$vector['name']}"] = static fn () => same($vector['expect'], verdict(
        static fn () => Call::verify($vector['jws'], $pairing, $calls['route'], $calls['body'], $now)
    ));
}
foreach ($own['scopes'] as $vector) {
    $cases["scope: {$vector['name']}"] = static fn () => same($vector['expect'], verdict(
        static fn () => Scope::fromClaim($vector['scope'])
    ));
}
foreach (['forbidden' => true, 'allowed' => false] as $kind => $forbidden) {
    foreach ($own['never_grant'][$kind] as $resource) {
        $cases["$kind: $resource"] = static fn () => same($forbidden, NeverGrant::forbids($resource));
    }
}
return $cases;
