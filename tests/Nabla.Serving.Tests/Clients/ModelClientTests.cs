using Microsoft.Extensions.DependencyInjection;
using Nabla.Client;
using Nabla.Serving.Models;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Clients;

public sealed class ModelClientTests
{
    [Theory]
    [InlineData("rest")]
    [InlineData("grpc")]
    [InlineData("services")]
    public async Task Each_client_gets_the_numbers_of_the_network(string kind)
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        IModelClient client = Create(kind, host);
        Assert.True(await client.IsReadyAsync(TestContext.Current.CancellationToken));
        ModelInfo info = await client.DescribeAsync("flowers", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(("flowers", "nabla_network", "input", "FP32"), (info.Name, info.Platform, info.Inputs.Single().Name, info.Inputs.Single().Datatype));
        Assert.Equal([-1L, 4], info.Inputs.Single().Shape);
        Tensor input = Tensor.From(TestModels.Numbers(12), [3, 4]);
        ModelQuestion question = new() { Inputs = { ["input"] = input }, Outputs = ["output"], Id = "a7", Version = "1", Priority = 2, Timeout = TimeSpan.FromSeconds(20) };
        ModelAnswer answer = await client.InferAsync("flowers", question, TestContext.Current.CancellationToken);
        Assert.Equal(("flowers", "1", "a7"), (answer.Model, answer.Version, answer.Id));
        Assert.Equal(TestModels.Flowers().Network.Forward(input).ToArray<float>(), answer["output"].ToArray<float>(), (left, right) => Math.Abs(left - right) < 1e-6f);
    }

    [Theory]
    [InlineData("rest")]
    [InlineData("grpc")]
    public async Task Tensors_of_each_type_come_back_as_they_went(string kind)
    {
        DataType[] types = Enum.GetValues<DataType>();
        await using ServingHost host = await ServingHost.Start(new ServingOptions(), new Dictionary<string, IServedModel> { ["echo"] = new EchoModel(types) });
        ModelQuestion question = new();
        foreach (DataType type in types)
        {
            question.Inputs[type.Label] = Tensor.From([0f, 1, 0, 1, 1, 0], [2, 3]).To(type);
        }

        ModelAnswer answer = await Create(kind, host).InferAsync("echo", question, TestContext.Current.CancellationToken);
        Assert.All(types, type => Assert.Equal(question.Inputs[type.Label].AsBytes().ToArray(), answer[$"{type.Label}_out"].AsBytes().ToArray()));
    }

    [Theory]
    [InlineData("rest")]
    [InlineData("grpc")]
    public async Task Files_texts_and_rows_are_asked_as_they_are_and_classes_come_back(string kind)
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Table(), TestModels.Reviews(), TestModels.Digits());
        IModelClient client = Create(kind, host);
        ModelQuestion rows = new() { BytesInputs = { ["input"] = BytesTensor.OfTexts("5.1,3.5,1.4,0.2", "6.2,3.4,5.4,2.3") }, Outputs = ["output"] };
        float[] scores = (await client.InferAsync("iris", rows, TestContext.Current.CancellationToken))["output"].ToArray<float>();
        ModelAnswer classes = await client.InferAsync("iris", rows with { Outputs = [], Classes = new Dictionary<string, int> { ["output"] = 2 } }, TestContext.Current.CancellationToken);
        Assert.Equal([2, 2], classes.ClassesOf("output").Select(row => row.Count));
        for (int row = 0; row < 2; row++)
        {
            float[] own = scores[(row * 3)..((row + 1) * 3)];
            ClassScore best = classes.ClassesOf("output")[row][0];
            Assert.Equal(Array.IndexOf(own, own.Max()), best.Index);
            Assert.Equal(own.Max(), best.Score, 5);
            Assert.Equal(TestModels.Table().Labels[best.Index], best.Label);
        }

        ModelQuestion text = new() { BytesInputs = { ["input"] = BytesTensor.OfTexts("good film") }, Classes = { ["output"] = 1 } };
        string label = (await client.InferAsync("reviews", text, TestContext.Current.CancellationToken)).BytesOutputs["output"].Texts.Single().Split(':')[2];
        Assert.Contains(label, TestModels.Reviews().Labels);
        byte[] seven = await File.ReadAllBytesAsync(Nabla.Tests.Repository.PathOf("docs/images/seven.png"), TestContext.Current.CancellationToken);
        ModelAnswer digit = await client.InferAsync("digits", new ModelQuestion { BytesInputs = { ["input"] = BytesTensor.Of(seven) } }, TestContext.Current.CancellationToken);
        Assert.Equal(1f, digit["output"].ToArray<float>().Sum(), 4);
    }

    [Fact]
    public void Bytes_that_are_not_as_many_as_their_sizes_say_are_refused() =>
        Assert.Contains("[2, 2]", Assert.Throws<ArgumentException>(() => new BytesTensor([new byte[1]], [2, 2])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("rest", "none", "not_found")]
    [InlineData("grpc", "none", "not_found")]
    [InlineData("rest", "flowers", "invalid_request")]
    [InlineData("grpc", "flowers", "invalid_request")]
    public async Task What_the_server_refuses_says_why(string kind, string model, string reason)
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        ModelQuestion question = new() { Inputs = { ["input"] = Tensor.Zeros([1, 5]) } };
        ModelServerException error = await Assert.ThrowsAsync<ModelServerException>(() => Create(kind, host).InferAsync(model, question, TestContext.Current.CancellationToken));
        Assert.Equal(reason, error.Reason);
    }

    [Theory]
    [InlineData("rest")]
    [InlineData("grpc")]
    public async Task A_server_that_is_full_for_the_moment_is_asked_again(string kind)
    {
        using GatedModel model = new() { Batches = false };
        await using ServingHost host = await ServingHost.Start(
            new ServingOptions { Defaults = new ModelOptions { QueueLimit = 1, MaxReplicas = 1 } }, new Dictionary<string, IServedModel> { ["gated"] = model });
        IModelClient client = Create(kind, host);
        Task<ModelAnswer>[] answers = [.. Enumerable.Range(0, 3).Select(value =>
            client.InferAsync("gated", new ModelQuestion { Inputs = { ["x"] = Tensor.From([100f + value], [1, 1]) } }, TestContext.Current.CancellationToken))];
        await Task.Delay(50, TestContext.Current.CancellationToken);
        model.Open(3);
        Assert.Equal([100f, 101f, 102f], (await Task.WhenAll(answers)).Select(answer => answer["y"].ToArray<float>()[0]));
    }

    private static IModelClient Create(string kind, ServingHost host) => kind switch
    {
        "rest" => new RestModelClient(new Uri(host.RestAddress)),
        "grpc" => new GrpcModelClient(new Uri(host.GrpcAddress)),
        _ => FromServices(host),
    };

    private static IModelClient FromServices(ServingHost host)
    {
        ServiceCollection services = new();
        services.AddModelClient(new Uri(host.RestAddress));
        return services.BuildServiceProvider().GetRequiredService<IModelClient>();
    }
}
