<?php
/**
 * Plugin Name:       Emergency Access Broker companion
 * Description:       Enforces signed, time-limited emergency access on this site, and ends it by itself.
 * Version:           0.2.0
 * Requires at least: 6.1
 * Requires PHP:      7.4
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 *
 * @package EmergencyAccess
 */

namespace EmergencyAccess;

// Installed twice (as a plugin and as a must-use plugin) it must still run once.
if ( ! defined( 'ABSPATH' ) || defined( 'EMERGENCY_ACCESS_COMPANION' ) ) {
	return;
}
define( 'EMERGENCY_ACCESS_COMPANION', '0.2.0' );

require __DIR__ . '/src/autoload.php';
require __DIR__ . '/src/Verifying/for-plugins.php';
Plugin::start();
