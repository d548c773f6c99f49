using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Nabla.Formats;
using Nabla.Serving.Tests.Hosts;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Nabla.Serving.Tests.Telemetry;

public sealed class TracesTests
{
    private const string Question = """{"inputs": [{"name": "input", "datatype": "FP32", "shape": [1, 4], "data": [0.1, 0.2, 0.3, 0.4]}]}""";

    [Fact]
    public async Task An_application_that_has_traces_made_gets_those_of_models()
    {
        using KeptSpans kept = new();
        SavedModel flowers = TestModels.Flowers();
        await using ServingHost host = await ServingHost.Start(services => services.AddOpenTelemetry().WithTracing(traces => traces.AddProcessor(kept)), flowers);
        await host.PostJson("/v2/models/flowers/infer", Question);
        Activity infer = kept.Spans.First(span => span.OperationName == "infer" && Equals(span.GetTagItem("model"), "flowers"));
        Assert.NotNull(infer.GetTagItem("compute_ms"));
        for (int round = 0; round < 1000 && !kept.Spans.Any(IsParent); round++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Contains(kept.Spans, IsParent);

        bool IsParent(Activity span) => span.SpanId == infer.ParentSpanId && span.Kind == ActivityKind.Server;
    }

    private sealed class KeptSpans : BaseProcessor<Activity>
    {
        public ConcurrentQueue<Activity> Spans { get; } = new();

        public override void OnEnd(Activity data) => Spans.Enqueue(data);
    }
}
