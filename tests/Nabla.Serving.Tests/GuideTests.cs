using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Nabla.Client;
using Nabla.Formats;
using Nabla.Serving.Repository;
using Nabla.Serving.Tests.Hosts;
using Nabla.Tests;

namespace Nabla.Serving.Tests;

/// <summary>The code of docs/serving.md.</summary>
public sealed class GuideTests
{
    [Fact]
    public async Task A_server_within_an_application_answers_a_client()
    {
        using TemporaryFolder folder = new();
        string models = folder.ToString();
        Directory.CreateDirectory(folder.File("flowers"));
        ModelFolder.Save(folder.File("flowers/1"), TestModels.Flowers());
        Directory.CreateDirectory(folder.File("iris"));
        ModelFolder.Save(folder.File("iris/1"), TestModels.Table());
        VersionManifest.Write(folder.File("flowers/1"));

        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddNablaServing(new ServingOptions { Models = models, Watch = true });
        WebApplication app = builder.Build();
        app.MapNablaServing();
        app.Urls.Add("http://127.0.0.1:0");
        await app.StartAsync(TestContext.Current.CancellationToken);

        Tensor flower = Tensor.From([5.1f, 3.5f, 1.4f, 0.2f], [1, 4]);
        using RestModelClient client = new(new Uri(app.Urls.First()));
        for (int round = 0; round < 500 && !await client.IsReadyAsync(TestContext.Current.CancellationToken); round++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        ModelAnswer answer = await client.InferAsync("flowers", new ModelQuestion { Inputs = { ["input"] = flower } });
        Tensor probabilities = answer["output"];
        Assert.Equal(1f, probabilities.ToArray<float>().Sum(), 4);

        ModelQuestion row = new() { BytesInputs = { ["input"] = BytesTensor.OfTexts("5.1,3.5,1.4,0.2") }, Classes = { ["output"] = 2 } };
        ClassScore best = (await client.InferAsync("iris", row)).ClassesOf("output")[0][0];
        Assert.Contains(best.Label, TestModels.Table().Labels);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }
}
