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

use EmergencyAccess\Broker\Model\Front;
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
$host = $set['host'] ?: $_SERVER['HTTP_HOST'];
$path = (string) parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$given = oauth_given($_SERVER['HTTP_AUTHORIZATION'] ?? '');
if (!$given || !oauth_holds($given, $set['secrets'], $_SERVER['REQUEST_METHOD'], "http://$host$path")) {
    reply(401, [
        'message' => "The consumer isn't authorized to access %resources.",
        'parameters' => ['resources' => 'EmergencyAccess_Broker::call'],
    ]);
}
$db = new PdoDb($set['dsn']);
$shop = new Shop($db, $folder, MODULE);
$front = (new Wired($db, $shop, $set['pairing'] ? Pairing::fromText($set['pairing']) : null))->front;
$answer = $front->answer(
    preg_replace('#\A/rest#', '', $path),
    $_SERVER['HTTP_X_EMERGENCY_ACCESS_CALL'] ?? '',
    (string) file_get_contents('php://input'),
    time()
);
reply($answer->status, $answer->body);
