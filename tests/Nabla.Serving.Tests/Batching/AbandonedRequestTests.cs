using System.Globalization;
using System.Net;
using Nabla.Serving.Models;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Batching;

/// <summary>Requests of more rows than a batch has.</summary>
public sealed class AbandonedRequestTests
{
    [Fact]
    public async Task What_nobody_waits_for_is_computed_no_further_than_the_batch_it_is_in()
    {
        using GatedModel model = new();
        await using ServingHost host = await Start(model, new ModelOptions { MaxBatch = 1, MaxReplicas = 1 }, TimeSpan.FromSeconds(1));
        Task<(HttpStatusCode Status, string)> late = host.Post("/v2/models/gated/infer", Question(100, 101, 102));
        for (int round = 0; round < 100 && model.Running == 0; round++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Equal((1, HttpStatusCode.GatewayTimeout), (model.Running, (await late).Status));
        model.Open(10);
        Assert.Equal(HttpStatusCode.OK, (await host.Post("/v2/models/gated/infer", Question(200))).Status);
        Assert.Equal([100f, 200f], model.Computed.SelectMany(batch => batch));
    }

    [Fact]
    public async Task More_rows_than_a_request_may_have_are_refused()
    {
        using GatedModel model = new();
        await using ServingHost host = await Start(model, new ModelOptions { MaxRows = 2 }, TimeSpan.FromSeconds(30));
        (HttpStatusCode status, string text) = await host.Post("/v2/models/gated/infer", Question(0.1f, 0.2f, 0.3f));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("input 'x' expects at most 2 rows but got 3", text, StringComparison.Ordinal);
        await host.PostJson("/v2/models/gated/infer", Question(0.1f, 0.2f));
    }

    private static Task<ServingHost> Start(GatedModel model, ModelOptions options, TimeSpan timeout) =>
        ServingHost.Start(new ServingOptions { Defaults = options, RequestTimeout = timeout }, new Dictionary<string, IServedModel> { ["gated"] = model });

    private static string Question(params float[] rows) =>
        $$"""{"inputs": [{"name": "x", "datatype": "FP32", "shape": [{{rows.Length}}, 1], "data": [{{string.Join(", ", rows.Select(row => row.ToString(CultureInfo.InvariantCulture)))}}]}]}""";
}
