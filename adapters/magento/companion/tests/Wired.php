<?php
declare(strict_types=1);

use EmergencyAccess\Broker\Model\Answers;
use EmergencyAccess\Broker\Model\Containment;
use EmergencyAccess\Broker\Model\EndOfLease;
use EmergencyAccess\Broker\Model\EndedGrants;
use EmergencyAccess\Broker\Model\EventChain;
use EmergencyAccess\Broker\Model\Front;
use EmergencyAccess\Broker\Model\FrozenAccounts;
use EmergencyAccess\Broker\Model\Health;
use EmergencyAccess\Broker\Model\LeaseTable;
use EmergencyAccess\Broker\Model\LiveLeases;
use EmergencyAccess\Broker\Model\Mark;
use EmergencyAccess\Broker\Model\Objection;
use EmergencyAccess\Broker\Model\Observed;
use EmergencyAccess\Broker\Model\OrderTable;
use EmergencyAccess\Broker\Model\Pairing;
use EmergencyAccess\Broker\Model\PairingSource;
use EmergencyAccess\Broker\Model\Refusal;
use EmergencyAccess\Broker\Model\Register;
use EmergencyAccess\Broker\Model\SeenCalls;
use EmergencyAccess\Broker\Model\StateTable;

/** The companion's classes put together as Magento's object manager does it. */
final class Wired implements PairingSource
{
    public readonly LeaseTable $leases;
    public readonly LiveLeases $live;
    public readonly Mark $mark;
    public readonly EndedGrants $ended;
    public readonly EventChain $events;
    public readonly FrozenAccounts $frozen;
    public readonly Containment $containment;
    public readonly EndOfLease $end;
    public readonly Register $register;
    public readonly Front $front;

    public function __construct(public readonly PdoDb $db, public readonly Shop $shop, public ?Pairing $paired)
    {
        $orders = new OrderTable($db);
        $this->leases = new LeaseTable($db);
        $this->frozen = new FrozenAccounts($orders);
        $this->mark = new Mark(new StateTable($db), $shop, $this);
        $this->events = new EventChain($db);
        $this->ended = new EndedGrants(new EndedInFolder($shop->folder));
        $this->live = new LiveLeases($this->leases, $this, $this->mark, $this->frozen, $this->ended);
        $this->end = new EndOfLease($this->leases, $this->live, $this->ended, $shop, $this->events);
        $this->containment = new Containment($orders, $this->frozen, $this->leases, $this, $shop, $shop, $this->end, $this->events);
        $objection = new Objection($this->mark, $shop, $shop, $this->frozen);
        $this->register = new Register($db, $this->leases, $this->live, $this->ended, $this, $objection, $shop, $this->end, $this->events);
        $observed = new Observed($this->leases, $this->live, $this->frozen, $orders, $shop);
        $health = new Health($this, $this->live, $this->mark, $shop);
        $this->front = new Front($this, new SeenCalls($db), $this->mark, new Answers(
            $this->register, $this->containment, $this->end, $this->events, $this->mark, $this->leases, $this,
            $observed, $health, $shop
        ));
    }

    public function pairing(): Pairing
    {
        return $this->paired ?? throw new Refusal('pairing_missing');
    }
}
