using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Protocol;

/// <summary>What a person sends: a picture, a text, a row.</summary>
public sealed class PredictTests
{
    [Fact]
    public async Task A_picture_gives_a_label_and_all_probabilities()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Digits());
        byte[] picture = await File.ReadAllBytesAsync(Nabla.Tests.Repository.PathOf("docs/images/seven.png"), TestContext.Current.CancellationToken);
        (HttpStatusCode status, JsonElement answer) = await Send(host, "digits", picture, "image/png");
        Assert.Equal(HttpStatusCode.OK, status);
        JsonProperty[] probabilities = [.. answer.GetProperty("probabilities").EnumerateObject()];
        Assert.Equal(10, probabilities.Length);
        Assert.Equal(answer.GetProperty("label").GetString(), probabilities.MaxBy(pair => pair.Value.GetDouble()).Name);
        Assert.Equal(1, probabilities.Sum(pair => pair.Value.GetDouble()), 4);
    }

    [Fact]
    public async Task A_row_comes_as_text_or_as_an_object_of_columns()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Table());
        (_, JsonElement text) = await Send(host, "iris", "5.1,3.5,1.4,0.2\n"u8.ToArray(), "text/csv");
        JsonElement columns = await host.PostJson("/predict/iris", """{"petal_width": 0.2, "sepal_width": 3.5, "petal_length": 1.4, "sepal_length": 5.1}""");
        Assert.Equal(text.GetRawText(), columns.GetRawText());
        Assert.Equal(3, text.GetProperty("probabilities").EnumerateObject().Count());
    }

    [Fact]
    public async Task A_text_comes_as_it_is_or_in_json()
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Reviews());
        (_, JsonElement plain) = await Send(host, "reviews", "good film"u8.ToArray(), "text/plain");
        Assert.Equal(plain.GetRawText(), (await host.PostJson("/predict/reviews", """{"text": "good film"}""")).GetRawText());
    }

    [Theory]
    [InlineData("digits", "image/png", "not a picture", HttpStatusCode.BadRequest, "expected a picture")]
    [InlineData("digits", "image/png", "", HttpStatusCode.BadRequest, "got nothing")]
    [InlineData("digits", "text/plain", "7", HttpStatusCode.UnsupportedMediaType, "image/png")]
    [InlineData("iris", "text/csv", "5.1,3.5,1.4", HttpStatusCode.BadRequest, "expected 4 fields")]
    [InlineData("iris", "text/csv", "5.1,3.5,1.4,0.2\n1,2,3,4", HttpStatusCode.BadRequest, "a row in each element")]
    [InlineData("iris", "text/csv", "5.1,3.5,tall,0.2", HttpStatusCode.BadRequest, "expected a number in column 'petal_length', got 'tall'")]
    [InlineData("iris", "application/json", "{\"petal_width\": 1}", HttpStatusCode.BadRequest, "has no feature")]
    [InlineData("iris", "application/json", "[1]", HttpStatusCode.BadRequest, "a JSON object")]
    [InlineData("reviews", "application/json", "{\"words\": 1}", HttpStatusCode.BadRequest, "an object with a 'text'")]
    [InlineData("flowers", "text/csv", "1,2,3,4", HttpStatusCode.BadRequest, "takes numbers alone")]
    [InlineData("none", "text/csv", "1,2,3,4", HttpStatusCode.NotFound, "There is no model 'none'")]
    public async Task What_is_no_input_of_the_model_is_refused(string model, string mediaType, string body, HttpStatusCode status, string part)
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Digits(), TestModels.Table(), TestModels.Reviews(), TestModels.Flowers());
        (HttpStatusCode got, JsonElement answer) = await Send(host, model, Encoding.UTF8.GetBytes(body), mediaType);
        Assert.Equal(status, got);
        Assert.Contains(part, answer.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> Send(ServingHost host, string model, byte[] body, string mediaType)
    {
        using ByteArrayContent content = new(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        using HttpResponseMessage response = await host.Client.PostAsync($"/predict/{model}", content, TestContext.Current.CancellationToken);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement);
    }
}
