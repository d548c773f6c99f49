using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Protocol;

/// <summary>A request that is dealt to a canary is read and answered by the canary's columns, units, labels and sizes, not by those of the stable version.</summary>
public sealed class CanaryAnswerTests
{
    private const string AllToCanary = """{"stable": 1, "canary": 2, "canaryShare": 1}""";

    [Fact]
    public async Task Columns_and_the_unit_of_the_answer_are_those_of_the_version_that_answers()
    {
        await using ServingHost host = await ServingHost.Start(Prices(["width", "height"], scale: 1, seed: 1));
        host.Save("prices", 2, Prices(["height", "width"], scale: 1000, seed: 2));
        await host.PostJson("/v2/repository/models/prices/traffic", AllToCanary);
        const string Examples = """{"examples": [{"width": 0.9, "height": 0.1}]}""";
        double stable = Number(await host.PostJson("/v1/models/prices/versions/1:regress", Examples));
        double canary = Number(await host.PostJson("/v1/models/prices/versions/2:regress", Examples));
        Assert.NotEqual(stable, canary, 0.5);
        Assert.Equal(canary, Number(await host.PostJson("/v1/models/prices:regress", Examples)));
        JsonElement plain = await host.PostJson("/predict/prices", """{"width": 0.9, "height": 0.1}""");
        Assert.Equal(("2", canary), (plain.GetProperty("version").GetString(), plain.GetProperty("value").GetDouble()));
    }

    [Fact]
    public async Task Labels_are_those_of_the_version_that_answers()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        host.Save("flowers", 2, TestModels.Flowers(2) with { Labels = ["rose", "tulip", "lily"] });
        await host.PostJson("/v2/repository/models/flowers/traffic", AllToCanary);
        JsonElement answer = await host.PostJson("/v1/models/flowers:classify", """{"examples": [{"input": [0.1, 0.2, 0.3, 0.4]}]}""");
        Assert.Equal(["rose", "tulip", "lily"], answer.GetProperty("results")[0].EnumerateArray().Select(pair => pair[0].GetString()));
    }

    [Fact]
    public async Task A_body_of_bytes_alone_is_cut_into_rows_of_the_version_that_answers()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        host.Save("flowers", 2, new SavedModel("flowers", new Sequential([8], 2, new Dense(3, ActivationKind.Softmax))));
        await host.PostJson("/v2/repository/models/flowers/traffic", AllToCanary);
        using ByteArrayContent content = new(new byte[8 * sizeof(float)]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.TryAddWithoutValidation("Inference-Header-Content-Length", "0");
        using HttpResponseMessage response = await host.Client.PostAsync("/v2/models/flowers/infer", content, TestContext.Current.CancellationToken);
        JsonElement answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
        Assert.True(response.IsSuccessStatusCode, answer.GetRawText());
        Assert.Equal("2", answer.GetProperty("model_version").GetString());
        Assert.Equal([1, 3], answer.GetProperty("outputs")[0].GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()));
    }

    private static double Number(JsonElement answer) => answer.GetProperty("results")[0].GetDouble();

    /// <summary>A number from two others, whose table has its columns in an order of its own and its prices in a unit of its own.</summary>
    private static SavedModel Prices(string[] columns, double scale, long seed)
    {
        float[] numbers = TestModels.Numbers(90);
        StringBuilder text = new($"{string.Join(',', columns)},price\n");
        for (int row = 0; row < 30; row++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{numbers[3 * row]},{numbers[(3 * row) + 1]},{scale * (1 + numbers[(3 * row) + 2])}\n");
        }

        using StringReader reader = new(text.ToString());
        TablePreprocessing table = TablePreprocessing.Fit(CsvTable.Read(reader, "prices"), "price");
        return new SavedModel("prices", new Sequential([table.InputSize], seed, new Dense(1)))
        {
            Task = PredictionTask.Regression,
            Preprocessing = new ModelPreprocessing(Table: table),
        };
    }
}
