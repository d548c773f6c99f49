using Nabla.Backends.Cpu;

namespace Nabla.Tests.Backends.Cpu;

public sealed unsafe class StepPairTests
{
    private const int Steps = 2000;

    [Fact]
    public void A_leader_without_a_helper_does_all_halves_in_order()
    {
        int[] log = new int[2 * Steps];
        fixed (int* halves = log)
        {
            StepPair pair = default;
            StepPair.Lead(ref pair, Steps, new Body(halves));
        }

        Assert.Equal(Enumerable.Range(0, 2 * Steps).Select(index => 1 + (index / 2)), log);
    }

    [Fact]
    public void A_helper_that_comes_late_or_leaves_early_finds_each_half_done_once_and_in_order()
    {
        for (int delay = 0; delay < 20; delay++)
        {
            int[] log = new int[2 * Steps];
            fixed (int* halves = log)
            {
                StepPair pair = default;
                StepPair* shared = &pair;
                Body body = new(halves);
                Thread helper = new(() =>
                {
                    Thread.SpinWait(delay * 50);
                    StepPair.Help(ref *shared, Steps, body);
                });
                helper.Start();
                StepPair.Lead(ref pair, Steps, body);
                helper.Join();
            }

            Assert.Equal(Enumerable.Range(0, 2 * Steps).Select(index => 1 + (index / 2)), log);
        }
    }

    /// <summary>Notes how many halves of the step before were done, plus as many as it was called for itself.</summary>
    private readonly struct Body(int* log) : IStepBody
    {
        public void Run(int step, int half)
        {
            bool follows = step == 0 || (log[(2 * step) - 2] == step && log[(2 * step) - 1] == step);
            log[(2 * step) + half] += follows ? step + 1 : -1;
        }
    }
}
