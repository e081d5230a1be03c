<?php
/** OAuth 1.0a (RFC 5849) from the site's side, written apart from the client's; held to the vectors beside it. */
declare(strict_types=1);

/** @return array<string,string> What the Authorization header says. */
function oauth_given(string $header): array
{
    preg_match_all('/(oauth_[a-z_]+)="([^"]*)"/', $header, $found, PREG_SET_ORDER);
    return str_starts_with($header, 'OAuth ') ? array_column(array_map(
        static fn (array $one): array => [$one[1], rawurldecode($one[2])],
        $found
    ), 1, 0) : [];
}

/**
 * @param array<string,string> $given
 * @param array<string,string> $secrets
 */
function oauth_holds(array $given, array $secrets, string $method, string $url): bool
{
    return ($given['oauth_signature_method'] ?? '') === 'HMAC-SHA256'
        && ($given['oauth_consumer_key'] ?? '') === $secrets['consumer_key']
        && ($given['oauth_token'] ?? '') === $secrets['access_token']
        && strlen($given['oauth_nonce'] ?? '') <= 32
        && (int) ($given['oauth_timestamp'] ?? 0) > 0 && (int) $given['oauth_timestamp'] <= time() + 600
        && hash_equals(oauth_signature($given, $secrets, $method, $url), $given['oauth_signature'] ?? '');
}

/**
 * @param array<string,string> $given
 * @param array<string,string> $secrets
 */
function oauth_signature(array $given, array $secrets, string $method, string $url): string
{
    unset($given['oauth_signature']);
    $pairs = [];
    foreach ($given as $name => $value) {
        $pairs[] = rawurlencode($name) . '=' . rawurlencode($value);
    }
    sort($pairs, SORT_STRING);
    $parts = parse_url($url);
    $usual = ['http' => 80, 'https' => 443][$parts['scheme']];
    $port = isset($parts['port']) && $parts['port'] !== $usual ? ":{$parts['port']}" : '';
    $bare = strtolower($parts['scheme']) . '://' . strtolower($parts['host']) . $port . $parts['path'];
    $base = implode('&', array_map('rawurlencode', [strtoupper($method), $bare, implode('&', $pairs)]));
    $key = rawurlencode($secrets['consumer_secret']) . '&' . rawurlencode($secrets['access_token_secret']);
    return base64_encode(hash_hmac('sha256', $base, $key, true));
}
