using System.Net;
using Nabla.Formats;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Telemetry;

public sealed class MetricsTests
{
    private const string Question = """{"inputs": [{"name": "input", "datatype": "FP32", "shape": [1, 4], "data": [0.1, 0.2, 0.3, 0.4]}]}""";

    [Fact]
    public async Task A_server_counts_its_own_requests_and_not_those_of_another_one_in_the_process()
    {
        SavedModel flowers = TestModels.Flowers();
        await using ServingHost one = await ServingHost.Start(flowers);
        await using ServingHost other = await ServingHost.Start(flowers);
        await one.PostJson("/v2/models/flowers/infer", Question);
        for (int round = 0; round < 3; round++)
        {
            await other.PostJson("/v2/models/flowers/infer", Question);
        }

        Assert.Equal((1, 3), (await Answered(one), await Answered(other)));
    }

    [Fact]
    public async Task Names_that_callers_make_up_become_no_labels_while_the_server_stops()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        host.Repository.Drain();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Post("/v2/models/invented/infer", Question)).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Post("/v1/models/invented:predict", "{}")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Post("/v2/models/flowers/infer", Question)).Status);
        (_, string text) = await host.Get("/metrics");
        Assert.DoesNotMatch("(?m)^nabla_.*invented", text);
        Assert.Matches("(?m)^nabla_request_failures_total{[^}]*model=\"flowers\"[^}]*reason=\"draining\"", text);
    }

    private static async Task<double> Answered(ServingHost host) => (await ScrapedMetrics.Of(host, "nabla_requests_total")).Sum(sample => sample.Value);
}
