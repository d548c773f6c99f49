using Nabla.Formats;

namespace Nabla.Serving.Drift;

/// <summary>
/// The last rows of the inputs or outputs of a model, as counts of bins: bounded by their number and their age, in slices of an eighth, of which the
/// oldest goes as a whole. So the memory does not depend on the traffic.
/// </summary>
internal sealed class FeatureWindow
{
    private const int Slices = 8;

    private readonly FeatureReader reader;
    private readonly FeatureStatistics?[] expected;
    private readonly DriftOptions options;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly Queue<DriftSlice> slices = new();
    private DriftSlice current;

    /// <param name="reader">Reads the features.</param>
    /// <param name="statistics">What they were like at training, by name.</param>
    /// <param name="options">How much is remembered.</param>
    /// <param name="time">The clock.</param>
    public FeatureWindow(FeatureReader reader, IReadOnlyList<FeatureStatistics> statistics, DriftOptions options, TimeProvider time)
    {
        (this.reader, this.options, this.time) = (reader, options, time);
        expected = [.. reader.Features.Select(feature => statistics.FirstOrDefault(known => Fits(known, feature)))];
        current = new DriftSlice(expected, time.GetTimestamp());
    }

    /// <summary>Counts the rows of a request.</summary>
    /// <param name="data">The elements of all rows.</param>
    /// <param name="rows">How many rows there are.</param>
    public void Add(ReadOnlySpan<byte> data, int rows)
    {
        int row = data.Length / rows;
        lock (gate)
        {
            for (int index = 0; index < rows; index++)
            {
                Turn();
                reader.Read(data.Slice(index * row, row), current);
                current.Rows++;
            }
        }
    }

    /// <summary>How far each feature is from training; empty while there are too few rows.</summary>
    public IReadOnlyList<(string Feature, int Rows, DriftScore Score)> Scores()
    {
        lock (gate)
        {
            Turn();
            DriftSlice[] all = [.. slices, current];
            int rows = all.Sum(slice => slice.Rows);
            return rows < options.MinRows
                ? []
                : [.. Enumerable.Range(0, expected.Length).Where(index => HasValues(all, index)).Select(index => (expected[index]!.Name, rows, Score(all, index)))];
        }
    }

    private static bool Fits(FeatureStatistics known, Feature feature) => known.Name == feature.Name
        && (feature.Categories is null ? known.Edges is not null : known.Categories is { } names && names.SequenceEqual(feature.Categories));

    private static bool HasValues(DriftSlice[] all, int index) => all.Any(slice => slice.Counts[index].Any(count => count > 0));

    private DriftScore Score(DriftSlice[] all, int index)
    {
        long[] counts = new long[expected[index]!.BinCount];
        foreach (DriftSlice slice in all)
        {
            for (int bin = 0; bin < counts.Length; bin++)
            {
                counts[bin] += slice.Counts[index][bin];
            }
        }

        return expected[index]!.Compare(counts);
    }

    // A slice that is full or old is closed, and what is beyond the window is forgotten.
    private void Turn()
    {
        TimeSpan age = options.MaxAge / Slices;
        if (current.Rows >= options.Window / Slices || time.GetElapsedTime(current.Started) >= age)
        {
            slices.Enqueue(current);
            current = new DriftSlice(expected, time.GetTimestamp());
        }

        while (slices.Count > 0 && (slices.Count >= Slices || time.GetElapsedTime(slices.Peek().Started) > options.MaxAge + age))
        {
            slices.Dequeue();
        }
    }
}
