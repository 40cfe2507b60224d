// The time of day on the strip.
const MINUTE_MS = 60_000;

class Clock {
  /** Now, to the minute. */
  now = $state(new Date());

  /** Wakes once a minute, on the minute, until the returned function is called. */
  run(): () => void {
    let timer: ReturnType<typeof setTimeout>;
    const wake = () => {
      this.now = new Date();
      timer = setTimeout(wake, MINUTE_MS - (Date.now() % MINUTE_MS));
    };
    wake();
    return () => clearTimeout(timer);
  }
}

export const clock = new Clock();
