<?php
/**
 * The module's classes behind the address, the OAuth check and the errors Magento has, without Magento.
 *
 * Whoever requires this sets $set: dsn, folder, pairing, secrets, and host, which PHP is told in place of
 * the Host header. A file "gone" in the folder takes the module away.
 */
declare(strict_types=1);

require __DIR__ . '/../../../../adapters/magento/companion/tests/autoload.php';
require __DIR__ . '/oauth.php';

use EmergencyAccess\Broker\Model\Lease;
use EmergencyAccess\Broker\Model\Pairing;

/** @param array<string,mixed> $body */
function reply(int $status, array $body): never
{
    http_response_code($status);
    header('Content-Type: application/json; charset=utf-8');
    header('Cache-Control: no-store');
    echo json_encode($body);
    exit;
}

$folder = $set['folder'];
if (is_file("$folder/gone")) {
    reply(404, ['message' => 'Request does not match any route.']);
}
$path = (string) parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$db = new PdoDb($set['dsn']);
$shop = new Shop($db, $folder, MODULE);
$wired = new Wired($db, $shop, $set['pairing'] ? Pairing::fromText($set['pairing']) : null);
if ($path === '/opens') {
    // What an admin page asks: may this account, now, do what this resource stands for?
    $lent = static fn (Lease $lease): bool => $lease->scope->opens($_GET['resource']);
    $opens = (bool) array_filter($wired->live->of($_GET['account'], time()), $lent);
    reply(200, ['opens' => $opens && !$wired->frozen->has($_GET['account'])]);
}
$host = $set['host'] ?: $_SERVER['HTTP_HOST'];
$given = oauth_given($_SERVER['HTTP_AUTHORIZATION'] ?? '');
if (!$given || !oauth_holds($given, $set['secrets'], $_SERVER['REQUEST_METHOD'], "http://$host$path")) {
    reply(401, [
        'message' => "The consumer isn't authorized to access %resources.",
        'parameters' => ['resources' => 'EmergencyAccess_Broker::call'],
    ]);
}
$answer = $wired->front->answer(
    preg_replace('#\A/rest#', '', $path),
    $_SERVER['HTTP_X_EMERGENCY_ACCESS_CALL'] ?? '',
    (string) file_get_contents('php://input'),
    time()
);
reply($answer->status, $answer->body);
