-- Facts of a day that was closed (numbered, and never opened again). Nothing in the tables changes; an
-- older till must not open what it would misread.
--
-- Facts of letters to customers, and the language a link's customer is written to.
-- Facts about warnings that somebody went past, about another amount for an order, and about what a
-- manager decides of money that was not expected any more. An older till must not open what it would
-- misread.
--
-- Money that came where none was expected is a manager's task until it is decided, however many payments
-- came after it: after it was shown as over, or before the withdrawal of a batch arrived.
CREATE INDEX payment_unexpected ON payment (seq)
WHERE is_open = 0
    AND state <> 'refunded'
    AND (json_extract(body, '$.late') = 1
        OR (json_extract(body, '$.withdrawal.batch') IS NOT NULL
            AND state IN ('paid', 'partly_refunded')))
    AND coalesce(json_extract(body, '$.decided.decision'), '') <> 'keep';
