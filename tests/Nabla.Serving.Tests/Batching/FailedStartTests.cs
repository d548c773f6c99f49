using System.Runtime.CompilerServices;
using Nabla.Serving.Batching;
using Nabla.Serving.Models;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Batching;

public sealed class FailedStartTests
{
    [Fact]
    public async Task When_a_later_replica_cannot_be_made_the_first_ones_end()
    {
        SecondFailsModel model = new();
        Start(model);
        for (int round = 0; round < 100 && model.First.IsAlive; round++)
        {
            GC.Collect();
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.False(model.First.IsAlive, "A replica still holds what it computes with.");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Start(SecondFailsModel model) => Assert.Throws<InvalidOperationException>(
        () => ReplicaSet.Start("failing", model, new ModelOptions { MinReplicas = 2, MaxReplicas = 2, MaxBatch = 1 }, _ => { }, new ManualTime()));

    private sealed class SecondFailsModel() : WrappedModel(new EchoModel(DataType.Float32))
    {
        public WeakReference First { get; } = new(null);

        public override IModelRunner CreateRunner()
        {
            if (First.Target is not null)
            {
                throw new InvalidOperationException("There is no memory for another one.");
            }

            IModelRunner runner = base.CreateRunner();
            First.Target = runner;
            return runner;
        }
    }
}
