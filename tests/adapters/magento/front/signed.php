<?php
/** Prints the signature of each vector, one a line: php signed.php FILE. */
declare(strict_types=1);

require __DIR__ . '/oauth.php';

$vectors = json_decode((string) file_get_contents($argv[1]), true);
foreach ($vectors['signed'] as $one) {
    echo oauth_signature($one['params'], $vectors['secrets'], 'POST', $one['url']), "\n";
}
