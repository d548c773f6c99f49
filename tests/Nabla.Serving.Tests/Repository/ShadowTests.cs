using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Nabla.Serving.Models;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Repository;

public sealed class ShadowTests
{
    private const int Asked = 30;
    private const float Mark = 7;

    [Fact]
    public async Task A_shadow_never_computes_on_the_thread_that_has_the_answer_to_send()
    {
        ConcurrentQueue<bool> onPool = [];
        SharedModels shared = new(_ => { });
        ModelReader read = path => Path.GetFileName(path) == "2" ? new NotedModel(shared.Load(path), onPool) : shared.Load(path);
        await using ServingHost host = await ServingHost.Start(services => services.AddSingleton(read), TestModels.Flowers());
        host.Save("flowers", 2, TestModels.Flowers(2));
        await host.PostJson("/v2/repository/models/flowers/traffic", """{"stable": 1, "shadow": 2}""");
        for (int asked = 1; asked <= Asked; asked++)
        {
            await host.PostJson("/v2/models/flowers/infer", $$"""{"inputs": [{"name": "input", "datatype": "FP32", "shape": [1, 4], "data": [{{Mark}}, 0.2, 0.3, 0.4]}]}""");
            await Until(() => onPool.Count == asked);
        }

        Assert.DoesNotContain(true, onPool);
    }

    private static async Task Until(Func<bool> condition)
    {
        for (int round = 0; round < 2000 && !condition(); round++)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.True(condition(), "What was waited for did not come.");
    }

    /// <summary>Notes of each marked request whether it was computed on a thread of the pool, as those of requests are, or on a replica's own.</summary>
    private sealed class NotedModel(IServedModel model, ConcurrentQueue<bool> onPool) : WrappedModel(model)
    {
        public override IModelRunner CreateRunner() => new Runner(base.CreateRunner(), onPool);

        private sealed class Runner(IModelRunner runner, ConcurrentQueue<bool> onPool) : IModelRunner
        {
            public long ArenaBytes => runner.ArenaBytes;

            public Tensor[] Run(params ReadOnlySpan<Tensor> inputs)
            {
                Tensor[] outputs = runner.Run(inputs);
                if (inputs[0].ToArray<float>().Contains(Mark))
                {
                    onPool.Enqueue(Thread.CurrentThread.IsThreadPoolThread);
                }

                return outputs;
            }
        }
    }
}
