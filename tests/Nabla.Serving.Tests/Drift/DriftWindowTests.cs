using System.Runtime.InteropServices;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Serving.Batching;
using Nabla.Serving.Drift;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Drift;

/// <summary>The last rows, as far as they are remembered.</summary>
[Collection(AloneCollection.Name)]
public sealed class DriftWindowTests
{
    private static readonly FeatureStatistics Tenths = new() { Name = "input[0]", Edges = [.. Enumerable.Range(1, 9).Select(index => index / 10.0)], Counts = [.. Enumerable.Repeat(100L, 10)] };
    private readonly ManualTime time = new();

    [Fact]
    public void Nothing_is_said_of_few_rows()
    {
        DriftWindow window = Window(new DriftOptions { Window = 80, MinRows = 40 });
        Add(window, 39, index => index / 40f);
        Assert.Empty(window.Scores());
        Add(window, 1, _ => 0.5f);
        FeatureDrift drift = Assert.Single(window.Scores());
        Assert.Equal(("input", "input[0]", 40, false), (drift.Part, drift.Feature, drift.Rows, drift.IsHigh));
        Assert.InRange(drift.Score.PopulationStabilityIndex, 0, 0.1);
    }

    [Fact]
    public void The_score_is_that_of_the_last_rows_alone()
    {
        DriftWindow window = Window(new DriftOptions { Window = 80, MinRows = 20 });
        Add(window, 80, _ => 0.95f);
        Assert.True(window.Scores()[0].Score.PopulationStabilityIndex > 1);
        Add(window, 80, index => index * 37 % 80 / 80f);
        Assert.InRange(window.Scores()[0].Score.PopulationStabilityIndex, 0, 0.05);
        Assert.InRange(window.Scores()[0].Rows, 70, 80);
    }

    [Fact]
    public void What_is_older_than_the_age_is_forgotten()
    {
        DriftWindow window = Window(new DriftOptions { Window = 800, MinRows = 20, MaxAge = TimeSpan.FromMinutes(8) });
        Add(window, 50, _ => 0.95f);
        time.Advance(120);
        Add(window, 50, index => index / 50f);
        Assert.Equal(100, window.Scores()[0].Rows);
        time.Advance(450);
        Assert.Equal(50, window.Scores()[0].Rows);
        time.Advance(700);
        Assert.Empty(window.Scores());
    }

    [Fact]
    public void Rows_are_remembered_in_memory_that_does_not_grow()
    {
        DriftWindow window = Window(new DriftOptions { Window = 80, MinRows = 20 });
        Add(window, 1000, index => index % 100 / 100f);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int round = 0; round < 200; round++)
        {
            Add(window, 1000, index => index % 100 / 100f);
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 200_000);
        Assert.InRange(window.Scores()[0].Rows, 70, 80);
    }

    [Fact]
    public void A_feature_that_training_did_not_know_is_left_out()
    {
        DriftWindow window = Window(new DriftOptions { Window = 80, MinRows = 1 }, Tenths with { Name = "other" });
        Add(window, 10, _ => 0.5f);
        Assert.Empty(window.Scores());
    }

    private DriftWindow Window(DriftOptions options, FeatureStatistics? known = null)
    {
        SavedModel model = new("one", new Sequential([1], 1, new Dense(1)))
        {
            Task = PredictionTask.Regression,
            Statistics = new DataStatistics { Samples = 1000, Features = [known ?? Tenths], Outputs = [] },
        };
        return DriftWindow.Of(model, options, time)!;
    }

    private static void Add(DriftWindow window, int rows, Func<int, float> value)
    {
        byte[] values = MemoryMarshal.AsBytes<float>(Enumerable.Range(0, rows).Select(value).ToArray()).ToArray();
        window.Add(
            new PendingRequest { Inputs = [values], Shapes = [[rows, 1]], Rows = rows, Priority = 5 },
            new ComputedOutputs([[rows, 1]], [values], TimeSpan.Zero, TimeSpan.Zero));
    }
}
