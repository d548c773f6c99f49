namespace Nabla.Serving.Alerts;

/// <summary>Which alerts there are, and what the receiver has still to be told of them: that one fires, and that it is over, each once.</summary>
internal sealed class AlertState
{
    // What is gone for a moment only is not over.
    private const int CalmRounds = 3;

    private readonly Dictionary<(string, string, int?), Entry> entries = [];

    /// <summary>Takes what is beyond its threshold now.</summary>
    /// <returns>What the receiver does not know yet.</returns>
    public IReadOnlyList<Alert> Update(IReadOnlyList<Breach> breaches, DateTimeOffset now)
    {
        foreach (Breach breach in breaches)
        {
            if (!entries.TryGetValue(breach.Key, out Entry? entry))
            {
                entry = entries[breach.Key] = new Entry(new Alert(Guid.CreateVersion7(now), breach, now, null));
            }

            // Where the end was not told yet, nothing has ended for the receiver.
            (entry.Alert, entry.Calm) = (entry.Alert with { Breach = breach, EndedAt = null }, 0);
        }

        foreach (Entry entry in entries.Values.Where(entry => !breaches.Any(breach => breach.Key == entry.Alert.Breach.Key)))
        {
            entry.Calm++;
            if (entry.Calm >= CalmRounds)
            {
                entry.Alert = entry.Alert with { EndedAt = entry.Alert.EndedAt ?? now };
            }
        }

        // What is over before anybody heard of it is not worth a word.
        foreach (Entry entry in entries.Values.Where(entry => entry.Alert.EndedAt is not null && !entry.IsFiringKnown).ToArray())
        {
            entries.Remove(entry.Alert.Breach.Key);
        }

        return [.. entries.Values.Where(entry => entry.Alert.EndedAt is not null || !entry.IsFiringKnown).Select(entry => entry.Alert)];
    }

    /// <summary>The receiver knows an alert as it is.</summary>
    public void Told(Alert alert)
    {
        if (alert.EndedAt is not null)
        {
            entries.Remove(alert.Breach.Key);
        }
        else
        {
            entries[alert.Breach.Key].IsFiringKnown = true;
        }
    }

    private sealed class Entry(Alert alert)
    {
        public Alert Alert { get; set; } = alert;

        public int Calm { get; set; }

        public bool IsFiringKnown { get; set; }
    }
}

/// <summary>Something that is wrong, from its beginning to its end.</summary>
/// <param name="Id">The same at the beginning and at the end.</param>
/// <param name="Breach">What is wrong, as it was last.</param>
/// <param name="StartedAt">When it was first seen.</param>
/// <param name="EndedAt">When it was over; null while it is not.</param>
internal sealed record Alert(Guid Id, Breach Breach, DateTimeOffset StartedAt, DateTimeOffset? EndedAt);
