<?php
namespace EmergencyAccess\Verifying;

use EmergencyAccess\Signed\Refusal;

/** What a checked token opens, and whom it speaks for. */
final class Access {
	const DETAILS = 'emergency_access';

	/** @var string A person, or the client itself where software acts on its own. */
	public $subject;
	/** @var string */
	public $client_id;
	/** @var string */
	public $token_id;
	/** @var int Seconds since 1970. */
	public $expires_at;
	/** @var Permission[] */
	public $permissions = array();
	/** @var string[] */
	public $scopes;
	/** @var string Thumbprint of the key it is bound to; empty for a bearer token. */
	public $jkt;
	/** @var string Software that handed the person's identity over; empty when none did. */
	public $actor;
	/** @var string */
	public $acr;
	/** @var string[] */
	public $amr;

	/**
	 * Of claims whose signature, issuer, audience and time were checked.
	 *
	 * @throws Refusal bad_claims.
	 */
	public function __construct( Said $claims, string $audience ) {
		$this->subject    = $claims->text( 'sub' );
		$this->client_id  = $claims->text( 'client_id' );
		$this->token_id   = $claims->text( 'jti' );
		$this->expires_at = $claims->whole( 'exp' );
		foreach ( $claims->objects( 'authorization_details' ) as $detail ) {
			// What is of another type, or for another place, is not for us to read.
			if ( self::DETAILS === $detail->any( 'type' ) && in_array( $audience, $detail->texts( 'locations' ), true ) ) {
				$this->permissions[] = new Permission( $detail );
			}
		}
		$this->scopes = preg_split( '/\s+/', $claims->text_if_any( 'scope' ), -1, PREG_SPLIT_NO_EMPTY );
		$this->jkt    = self::bound_to( $claims );
		$this->actor  = self::handed_over_by( $claims );
		$this->acr    = $claims->text_if_any( 'acr' );
		$this->amr    = $claims->texts( 'amr' );
	}

	/** Whether one permission covers all three; parts of two never add up. Ask for every single thing that is opened. */
	public function allows( string $patient, string $datatype, string $action ): bool {
		foreach ( $this->permissions as $permission ) {
			if ( $permission->covers( $patient, $datatype, $action ) ) {
				return true;
			}
		}
		return false;
	}

	/** @throws TokenRefused To be answered 403. */
	public function must_allow( string $patient, string $datatype, string $action ): void {
		if ( ! $this->allows( $patient, $datatype, $action ) ) {
			throw new TokenRefused( 'not_allowed', 'insufficient_scope', $this->jkt ? 'DPoP' : 'Bearer' );
		}
	}

	/** A binding of another kind cannot be checked here, so it is refused. */
	private static function bound_to( Said $claims ): string {
		if ( ! $claims->has( 'cnf' ) ) {
			return '';
		}
		$confirmation = $claims->any( 'cnf' );
		if ( ! is_array( $confirmation ) || array( 'jkt' ) !== array_keys( $confirmation ) ) {
			throw new Refusal( 'bad_claims' );
		}
		return ( new Said( $confirmation ) )->text( 'jkt', 64 );
	}

	private static function handed_over_by( Said $claims ): string {
		if ( ! $claims->has( 'act' ) ) {
			return '';
		}
		$act = $claims->any( 'act' );
		if ( ! is_array( $act ) ) {
			throw new Refusal( 'bad_claims' );
		}
		return ( new Said( $act ) )->text( 'sub' );
	}
}
