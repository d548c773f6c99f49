using Nabla.Schedules;

namespace Nabla.Tests.Schedules;

public sealed class ScheduleTests
{
    [Fact]
    public void Steps_and_stretches_change_at_their_boundaries()
    {
        AssertRates(new Constant(0.3), (0, 0.3), (1000, 0.3));
        AssertRates(new StepDecay(0.8, 10, 0.5), (0, 0.8), (9, 0.8), (10, 0.4), (19, 0.4), (20, 0.2), (35, 0.1));
        AssertRates(new PiecewiseConstant([3, 7], [1, 0.1, 0.01]), (0, 1), (2, 1), (3, 0.1), (6, 0.1), (7, 0.01), (700, 0.01));
        AssertRates(new ExponentialDecay(2, 10, 0.25), (0, 2), (5, 1), (10, 0.5), (20, 0.125));
    }

    [Fact]
    public void Cosines_pass_through_their_knots()
    {
        AssertRates(new CosineDecay(1, 100, FinalRate: 0.2), (0, 1), (25, 0.2 + (0.4 * (1 + Math.Sqrt(0.5)))), (50, 0.6), (100, 0.2), (500, 0.2));
        AssertRates(new CosineDecay(1, 104, WarmupSteps: 4), (0, 0.2), (3, 0.8), (4, 1), (54, 0.5), (104, 0), (105, 0));
        AssertRates(new CosineRestarts(1, 10, RateFactor: 0.5, FinalRate: 0.1), (0, 1), (5, 0.55), (10, 0.5), (20, 0.3), (30, 0.25), (70, 0.125));
        AssertRates(new CosineRestarts(1, 10, PeriodFactor: 1), (0, 1), (10, 1), (25, 0.5), (1000, 1));
    }

    [Fact]
    public void Polynomials_and_roots_pass_through_their_knots()
    {
        AssertRates(new PolynomialDecay(1, 10, 0.2), (0, 1), (5, 0.6), (10, 0.2), (11, 0.2));
        AssertRates(new PolynomialDecay(1, 10, Power: 2), (0, 1), (5, 0.25), (10, 0));
        AssertRates(new InverseSquareRoot(2, 4), (0, 0.5), (1, 1), (3, 2), (15, 1), (63, 0.5));
    }

    [Fact]
    public void One_cycle_rises_to_its_peak_and_ends_far_below_its_beginning()
    {
        AssertRates(new OneCycle(1, 100, 0.31, 20, 100), (0, 0.05), (15, 0.525), (30, 1), (99, 0.0005), (200, 0.0005));
        OneCycle cycle = new(1, 100);
        Assert.True(Enumerable.Range(0, 28).All(step => cycle.At(step) < cycle.At(step + 1)));
        Assert.True(Enumerable.Range(30, 69).All(step => cycle.At(step) > cycle.At(step + 1)));
        AssertRates(new OneCycle(1, 2, 0), (0, 1), (1, 1 / 25e4));
    }

    [Fact]
    public void Warm_up_rises_to_the_schedule_behind_it()
    {
        AssertRates(new Warmup(new StepDecay(1, 2, 0.5), 3), (0, 0.25), (1, 0.5), (2, 0.75), (3, 1), (4, 1), (5, 0.5));
        AssertRates(new Warmup(new Constant(1), 0), (0, 1));
        Warmup apart = new(new CosineDecay(0.3, 50), 7);
        CosineDecay together = new(0.3, 57, 7);
        Assert.All(Enumerable.Range(0, 70), step => Assert.Equal(together.At(step), apart.At(step), 1e-15));
    }

    [Fact]
    public void Schedules_are_compared_by_value_and_printed()
    {
        Assert.Equal(new StepDecay(0.1, 5), new StepDecay(0.1, 5));
        Assert.Equal("StepDecay { LearningRate = 0.1, Every = 5, Factor = 0.1 }", new StepDecay(0.1, 5).ToString());
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Constant(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Constant(1).At(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StepDecay(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CosineRestarts(1, 10, 0.5));
        Assert.Throws<ArgumentException>(() => new PiecewiseConstant([3, 3], [1, 2, 3]));
        ArgumentException error = Assert.Throws<ArgumentException>(() => new PiecewiseConstant([3, 4], [1, 2]));
        Assert.Equal("2 boundaries need 3 rates but got 2. (Parameter 'rates')", error.Message);
    }

    private static void AssertRates(Schedule schedule, params (int Step, double Rate)[] knots)
    {
        foreach ((int step, double rate) in knots)
        {
            Assert.Equal(rate, schedule.At(step), 1e-12);
        }
    }
}
