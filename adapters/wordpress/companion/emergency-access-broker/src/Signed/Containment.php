<?php
namespace EmergencyAccess\Signed;

/** The broker's order to close an account, or everybody's, at once; of two about one account the later counts. */
final class Containment {
	const TYPE     = 'containment+jwt';
	const EVERYONE = '*';

	const FREEZE                       = 'freeze';
	const RELEASE                      = 'release';
	const END_SESSIONS                 = 'end_sessions';
	const DELETE_APPLICATION_PASSWORDS = 'delete_application_passwords';
	const DELETE_API_KEYS              = 'delete_api_keys';
	const END_LEASES                   = 'end_leases';

	const ACTIONS = array(
		self::FREEZE, self::RELEASE, self::END_SESSIONS, self::DELETE_APPLICATION_PASSWORDS, self::DELETE_API_KEYS, self::END_LEASES,
	);

	/** @var string */
	public $jws;
	/** @var string */
	public $id;
	/** @var string A login, or EVERYONE. */
	public $account;
	/** @var string[] Logins that an order about everyone leaves alone. */
	public $spare;
	/** @var string[] */
	public $actions;
	/** @var int */
	public $version;

	/** @throws Refusal With the reason. */
	public static function verify( string $jws, Pairing $pairing ): self {
		$claims = Claims::open( $jws, self::TYPE, $pairing );
		$order  = new self();

		$order->jws     = $jws;
		$order->account = $claims->text( 'account', 60 );
		$order->actions = $claims->texts( 'actions', 40 );
		$order->spare   = $claims->texts( 'spare', 60 );
		$order->id      = $claims->id( 'order' );
		$order->version = $claims->whole( 'ver' );
		$claims->instant( 'iat' );
		if ( ! $order->makes_sense() ) {
			throw new Refusal( 'bad_claims' );
		}
		return $order;
	}

	public function says( string $action ): bool {
		return in_array( $action, $this->actions, true );
	}

	/** Whether it is about this account. */
	public function concerns( string $account ): bool {
		return self::EVERYONE === $this->account ? ! in_array( $account, $this->spare, true ) : $this->account === $account;
	}

	private function makes_sense(): bool {
		return $this->actions && ! array_diff( $this->actions, self::ACTIONS ) && array_unique( $this->actions ) === $this->actions
			&& ! ( $this->says( self::FREEZE ) && $this->says( self::RELEASE ) )
			&& ( ! $this->spare || self::EVERYONE === $this->account );
	}
}
