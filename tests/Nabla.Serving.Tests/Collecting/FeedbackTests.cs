using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Serving.Tests.Hosts;
using Nabla.Serving.Tests.Telemetry;
using Nabla.Tests;
using Nabla.Text;
using Nabla.Vision;

namespace Nabla.Serving.Tests.Collecting;

/// <summary>Labelled requests become data that the readers of training read.</summary>
public sealed class FeedbackTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Examples => folder.File("examples");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Rows_become_a_table_with_the_target()
    {
        await using ServingHost host = await ServingHost.Start(Options("iris"), TestModels.Table());
        string first = await Ask(host, "iris", """{"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}""");
        string second = await Ask(host, "iris", """{"sepal_length": 6.8, "sepal_width": 3.0, "petal_length": 5.9, "petal_width": null}""");
        Assert.Equal(HttpStatusCode.OK, (await Label(host, "iris", second, "virginica")).Status);
        Assert.Equal(HttpStatusCode.OK, (await Label(host, "iris", first, "setosa")).Status);
        CsvTable table = CsvTable.Read(Path.Combine(Examples, "iris.csv"));
        Assert.Equal(["sepal_length", "sepal_width", "petal_length", "petal_width", "species"], table.Columns.Select(column => column.Name));
        Assert.Equal(["virginica", "setosa"], table["species"].Values);
        Assert.Equal(["5.9", "1.4"], table["petal_length"].Values);
        Assert.Equal(2, TestModels.Table().Preprocessing!.Table!.Apply(table).Targets!.Shape[0]);
        (string Labels, double Value)[] counted = await ScrapedMetrics.Of(host, "nabla_feedback_total");
        Assert.Equal(2, counted.Where(sample => Regex.IsMatch(sample.Labels, "right=\"(true|false)\"")).Sum(sample => sample.Value));
    }

    [Fact]
    public async Task Texts_become_a_table_of_texts_and_labels()
    {
        await using ServingHost host = await ServingHost.Start(Options("reviews"), TestModels.Reviews());
        const string Text = "a \"good\" film,\nor so";
        string id = await Ask(host, "reviews", JsonSerializer.Serialize(new { text = Text }));
        Assert.Equal(HttpStatusCode.OK, (await Label(host, "reviews", id, "good")).Status);
        LabeledTexts texts = LabeledTexts.Read(Path.Combine(Examples, "reviews.csv"), classes: ["bad", "good"]);
        Assert.Equal((Text, 1), (Assert.Single(texts.Texts), Assert.Single(texts.Labels)));
    }

    [Fact]
    public async Task Pictures_become_a_folder_for_each_label_and_the_same_one_is_kept_once()
    {
        await using ServingHost host = await ServingHost.Start(Options("digits"), TestModels.Digits());
        byte[] seven = await File.ReadAllBytesAsync(Nabla.Tests.Repository.PathOf("docs/images/seven.png"), TestContext.Current.CancellationToken);
        for (int round = 0; round < 2; round++)
        {
            Assert.Equal(HttpStatusCode.OK, (await Label(host, "digits", await AskPicture(host, seven), "digit 7")).Status);
        }

        LabeledFile file = Assert.Single(ImageFolder.Open(Path.Combine(Examples, "digits"), TestModels.Digits().Labels).Files);
        Assert.Equal(7, file.Label);
        Assert.Equal(seven, await File.ReadAllBytesAsync(file.Path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_request_is_labelled_once_by_a_label_of_the_model()
    {
        await using ServingHost host = await ServingHost.Start(Options("reviews"), TestModels.Reviews(), TestModels.Table());
        string id = await Ask(host, "reviews", """{"text": "good"}""");
        await Refused(host, "reviews", id, "great", HttpStatusCode.BadRequest, "Model 'reviews' has no label 'great'");
        await Refused(host, "reviews", "another", "good", HttpStatusCode.NotFound, "no request 'another' that waits for its label");
        await Refused(host, "iris", id, "good", HttpStatusCode.NotFound, "keeps no examples of model 'iris'");
        await Refused(host, "none", id, "good", HttpStatusCode.NotFound, "There is no model 'none'");
        (HttpStatusCode status, string text) = await host.Post("/v2/models/reviews/feedback", """{"id": 3}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("expects 'id'", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Label(host, "reviews", id, "good")).Status);
        await Refused(host, "reviews", id, "bad", HttpStatusCode.NotFound, "that waits for its label");
        JsonElement other = await host.PostJson("/predict/iris", """{"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}""");
        Assert.False(other.TryGetProperty("id", out _));
    }

    [Fact]
    public async Task The_id_of_a_request_to_infer_is_that_of_its_caller()
    {
        await using ServingHost host = await ServingHost.Start(Options("reviews"), TestModels.Reviews());
        await host.PostJson("/v2/models/reviews/infer", """{"id": "mine", "inputs": [{"name": "input", "datatype": "BYTES", "shape": [1], "data": ["good film"]}]}""");
        Assert.Equal(HttpStatusCode.OK, (await Label(host, "reviews", "mine", "good")).Status);
    }

    [Fact]
    public async Task Memory_and_disk_are_bounded()
    {
        ServingOptions options = Options("reviews");
        options = options with { Collect = options.Collect with { Remember = 2, MaxBytes = 30 } };
        await using ServingHost host = await ServingHost.Start(options, TestModels.Reviews());
        string[] ids = [.. new[] { await Ask(host, "reviews", """{"text": "good"}"""), await Ask(host, "reviews", """{"text": "bad"}"""), await Ask(host, "reviews", """{"text": "film"}""") }];
        await Refused(host, "reviews", ids[0], "good", HttpStatusCode.NotFound, "waits for its label");
        Assert.Equal(HttpStatusCode.OK, (await Label(host, "reviews", ids[1], "bad")).Status);
        await Refused(host, "reviews", ids[2], "good", HttpStatusCode.TooManyRequests, "of 30 bytes");
        Assert.Equal("text,label\n\"bad\",\"bad\"\n", await File.ReadAllTextAsync(Path.Combine(Examples, "reviews.csv"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_the_signature_calls_personal_is_not_kept()
    {
        SavedModel table = TestModels.Table();
        SignatureTensor row = table.Signature.Inputs[0] with { Columns = new Dictionary<string, FieldClassification> { ["petal_width"] = FieldClassification.Personal, ["sepal_width"] = FieldClassification.Public } };
        SavedModel reviews = TestModels.Reviews();
        SignatureTensor text = reviews.Signature.Inputs[0] with { Classification = FieldClassification.Sensitive };
        ServingOptions options = new() { Collect = new CollectOptions { Folder = Examples, Models = ["iris", "reviews"] } };
        await using ServingHost host = await ServingHost.Start(
            options, table with { Signature = table.Signature with { Inputs = [row] } }, reviews with { Signature = reviews.Signature with { Inputs = [text] } });
        string id = await Ask(host, "iris", """{"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}""");
        Assert.Equal(HttpStatusCode.OK, (await Label(host, "iris", id, "setosa")).Status);
        Assert.EndsWith("\n\"5.1\",\"3.5\",\"1.4\",,\"setosa\"\n", await File.ReadAllTextAsync(Path.Combine(Examples, "iris.csv"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.False((await host.PostJson("/predict/reviews", """{"text": "good"}""")).TryGetProperty("id", out _));
    }

    [Fact]
    public async Task Nothing_is_kept_unless_it_is_asked_for()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Reviews());
        Assert.False((await host.PostJson("/predict/reviews", """{"text": "good"}""")).TryGetProperty("id", out _));
        await Refused(host, "reviews", "1", "good", HttpStatusCode.NotFound, "keeps no examples");
        Assert.Contains("beside the folder", Assert.Throws<ArgumentException>(() => new ServingOptions { Collect = new CollectOptions { Folder = "x" } }.Validated()).Message, StringComparison.Ordinal);
    }

    private ServingOptions Options(string model) => new() { Collect = new CollectOptions { Folder = Examples, Models = [model] } };

    private static async Task<string> Ask(ServingHost host, string model, string json) => (await host.PostJson($"/predict/{model}", json)).GetProperty("id").GetString()!;

    private static async Task<string> AskPicture(ServingHost host, byte[] picture)
    {
        using ByteArrayContent content = new(picture);
        content.Headers.ContentType = new("image/png");
        using HttpResponseMessage response = await host.Client.PostAsync(new Uri("/predict/digits", UriKind.Relative), content, TestContext.Current.CancellationToken);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("id").GetString()!;
    }

    private static Task<(HttpStatusCode Status, string Text)> Label(ServingHost host, string model, string id, string label) =>
        host.Post($"/v2/models/{model}/feedback", JsonSerializer.Serialize(new { id, label }));

    private static async Task Refused(ServingHost host, string model, string id, string label, HttpStatusCode status, string part)
    {
        (HttpStatusCode got, string text) = await Label(host, model, id, label);
        Assert.True(got == status && text.Contains(part, StringComparison.Ordinal), $"{got}: {text}");
    }
}
