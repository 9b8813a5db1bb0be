using System.Security.Cryptography;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Packages;

namespace ConnectorPlatform.Tests.Packages;

public sealed class ConnectorChoicesTests : IDisposable
{
    private readonly PackageBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task The_highest_version_is_active_until_somebody_chooses_and_again_when_he_chooses_none()
    {
        Drop("1.0.0", "1.1.0");
        Assert.Equal("1.1.0", _bench.ActiveVersion);

        await _bench.Choices.ActivateAsync("hello", "1.0.0", "anna", force: false, TestContext.Current.CancellationToken);
        Drop("1.2.0");
        Assert.Equal("1.0.0", _bench.ActiveVersion);
        Assert.Equal("anna", _bench.Choices.Get("hello").ChosenBy);

        await _bench.Choices.ActivateAsync("hello", null, "anna", force: false, TestContext.Current.CancellationToken);
        Drop("1.3.0");
        Assert.Equal("1.3.0", _bench.ActiveVersion);
    }

    [Fact]
    public async Task A_rollback_goes_back_and_stays_there()
    {
        Drop("1.0.0");
        Drop("1.1.0");

        await _bench.Choices.RollbackAsync("hello", "anna", force: false, TestContext.Current.CancellationToken);
        Drop("1.2.0");

        Assert.Equal("1.0.0", _bench.ActiveVersion);
    }

    [Fact]
    public async Task A_rollback_needs_a_version_before()
    {
        Drop("1.0.0");

        await Assert.ThrowsAsync<PlatformException>(() => _bench.Choices.RollbackAsync("hello", "anna", force: false, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_disabled_connector_is_not_found_and_says_how_to_enable_it()
    {
        Drop("1.0.0");
        _bench.Choices.Disable("hello");

        Assert.Contains("connector enable hello", Assert.Throws<ConnectorNotFoundException>(() => _bench.ActiveVersion).Message, StringComparison.Ordinal);
        _bench.Choices.Enable("hello");
        Assert.Equal("1.0.0", _bench.ActiveVersion);
    }

    [Fact]
    public async Task A_wider_list_of_hosts_waits_for_approval()
    {
        _bench.DropHello("1.0.0", "api.example.com");
        _bench.Settle();
        _bench.DropHello("1.1.0", "api.example.com", "elsewhere.example.net");
        _bench.Settle();

        Assert.Equal("1.0.0", _bench.ActiveVersion);
        var waiting = Assert.Throws<ConnectorNotFoundException>(() => _bench.Catalog.Find("hello", "1.1.0"));
        Assert.Contains("elsewhere.example.net", waiting.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PlatformException>(() => _bench.Choices.ActivateAsync("hello", "1.1.0", "anna", force: true, TestContext.Current.CancellationToken));

        await _bench.ApproveAsync("hello", "1.1.0");
        Assert.Equal("1.1.0", _bench.ActiveVersion);
        Assert.Equal("anna", _bench.Choices.Get("hello").Find("1.1.0")!.ApprovedBy);
    }

    [Fact]
    public async Task An_upgrade_that_DataSets_do_not_survive_keeps_the_old_version_active_and_names_them()
    {
        Drop("1.0.0");
        _bench.Check = (_, _) => Task.FromResult<IReadOnlyList<string>>(["The DataSet \"Clicks\" would become invalid: Report is required."]);
        Drop("1.1.0");

        Assert.Equal("1.0.0", _bench.ActiveVersion);
        Assert.Contains("\"Clicks\"", _bench.Choices.Get("hello").Find("1.1.0")!.Reason, StringComparison.Ordinal);
        var refusal = await Assert.ThrowsAsync<PlatformException>(() => _bench.Choices.ActivateAsync("hello", "1.1.0", "anna", force: false, TestContext.Current.CancellationToken));
        Assert.Contains("\"Clicks\"", refusal.Message, StringComparison.Ordinal);

        await _bench.Choices.ActivateAsync("hello", "1.1.0", "anna", force: true, TestContext.Current.CancellationToken);
        Assert.Equal("1.1.0", _bench.ActiveVersion);
    }

    [Fact]
    public async Task What_waits_for_approval_waits_on_when_it_is_built_anew()
    {
        var trials = 0;
        _bench.Trial = (_, _) => Task.FromResult(++trials > 0 ? null : "");
        _bench.Hello(Path.Combine(_bench.Configured, "first"), "1.0.0", "api.example.com");
        await _bench.Scan.StartAsync(TestContext.Current.CancellationToken);
        var wider = _bench.Hello(Path.Combine(_bench.Configured, "wider"), "1.1.0", "api.example.com", "elsewhere.example.net");
        _bench.Settle();
        wider.Write("README.md", "built anew");
        _bench.Settle();

        Assert.Equal("1.0.0", _bench.ActiveVersion);
        Assert.Null(_bench.Choices.Get("hello").Find("1.1.0")!.ApprovedBy);
        Assert.Equal(0, trials);
    }

    [Fact]
    public void A_version_that_something_runs_on_is_deleted_when_that_ends()
    {
        Drop("1.0.0");
        var folder = _bench.Catalog.Find("hello").Folder;
        Drop("1.1.0");
        using (_bench.Store.Lease(folder))
        {
            _bench.Choices.Remove("hello", "1.0.0");
            Assert.True(File.Exists(Path.Combine(folder, "hello.dll")));
        }

        _bench.Open();

        Assert.False(Directory.Exists(folder));
        Assert.Throws<PlatformException>(() => _bench.Store.Lease(folder));
    }

    [Fact]
    public void Nothing_outside_of_the_store_is_leased_so_no_code_runs_from_there()
    {
        var dropped = _bench.DropHello();

        Assert.Contains("is not installed", Assert.Throws<PlatformException>(() => _bench.Store.Lease(dropped.Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_active_version_is_removed_only_with_its_connector()
    {
        Drop("1.0.0");
        Drop("1.1.0");

        Assert.Throws<PlatformException>(() => _bench.Choices.Remove("hello", "1.1.0"));
        _bench.Choices.Remove("hello", null);
        _bench.Settle();

        Assert.Empty(_bench.Catalog.Packages);
        Assert.Empty(Directory.GetDirectories(Path.Combine(_bench.StoreFolder, "hello")));
    }

    [Fact]
    public void Verifying_finds_a_changed_file()
    {
        Drop("1.0.0");
        Assert.Empty(_bench.Choices.Verify("hello"));

        var file = Path.Combine(_bench.Catalog.Find("hello").Folder, "hello.dll");
        File.SetAttributes(file, FileAttributes.Normal);
        File.AppendAllText(file, "x");

        Assert.Equal(["1.0.0"], _bench.Choices.Verify("hello"));
    }

    [Fact]
    public async Task A_start_keeps_what_was_chosen_and_sweeps_what_was_left_half_done()
    {
        Drop("1.0.0", "1.1.0");
        await _bench.Choices.ActivateAsync("hello", "1.0.0", "anna", force: false, TestContext.Current.CancellationToken);
        var leftover = _bench.Store.Stage();
        var foreign = Directory.CreateDirectory(Path.Combine(_bench.StoreFolder, "hello", "9.9.9-000000000000")).FullName;

        _bench.Open();

        Assert.Equal("1.0.0", _bench.ActiveVersion);
        Assert.False(Directory.Exists(leftover));
        Assert.False(Directory.Exists(foreign));
    }

    [Fact]
    public void A_start_checks_only_what_has_changed_in_the_store()
    {
        var checks = 0;
        _bench.CheckForm = (_, _) => checks++ < 0 ? [new("", "", "")] : [];
        _bench.DropHello("1.0.0").Write("details.json", "{}");
        _bench.Settle();
        var folder = _bench.Catalog.Find("hello").Folder;
        var atFirst = checks;
        Assert.NotEqual(0, atFirst);
        _bench.Open();
        Assert.Equal(("1.0.0", atFirst), (_bench.ActiveVersion, checks));

        File.WriteAllText(Path.Combine(folder, "added.txt"), "");
        _bench.Open();
        Assert.Equal(("1.0.0", atFirst + 1), (_bench.ActiveVersion, checks));

        var code = Path.Combine(folder, "hello.dll");
        File.SetAttributes(code, FileAttributes.Normal);
        File.WriteAllBytes(code, File.ReadAllBytes(code)[..2000]);
        _bench.Open();
        Assert.Contains("Truncated", Assert.Single(_bench.Catalog.Broken).Problems[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_asks_what_an_approval_would_do_runs_no_code()
    {
        var trials = 0;
        _bench.Trial = (_, _) => Task.FromResult(++trials > 0 ? null : "");
        _bench.DropHello("1.0.0", "api.example.com");
        _bench.Settle();
        _bench.DropHello("1.1.0", "api.example.com", "elsewhere.example.net");
        _bench.Settle();
        var told = new ConnectorChoices(_bench.Installed, (_, _) => throw new InvalidOperationException("The DataSets were asked."), onlyTells: true);

        var answer = await new Approval(_bench.Installed, _bench.Trials).ApproveAsync(told, "hello", "1.1.0", "anna", TestContext.Current.CancellationToken);

        Assert.Equal(("1.1.0", "1.0.0", 1), (answer.Active, _bench.ActiveVersion, trials));
    }

    [Fact]
    public async Task What_another_process_chooses_is_seen_at_the_next_look()
    {
        Drop("1.0.0", "1.1.0");
        var (scan, catalog) = (_bench.Scan, _bench.Catalog);
        _bench.Open();
        await _bench.Choices.ActivateAsync("hello", "1.0.0", "anna", force: false, TestContext.Current.CancellationToken);
        Assert.Equal("1.1.0", catalog.Find("hello").Manifest.Version);

        scan.Scan();

        Assert.Equal("1.0.0", catalog.Find("hello").Manifest.Version);
    }

    [Fact]
    public void A_damaged_lock_file_is_told_and_not_overwritten()
    {
        File.WriteAllText(_bench.LockFile, "{");

        Assert.Contains("is damaged", Assert.Throws<PlatformException>(_bench.Open).Message, StringComparison.Ordinal);
        Assert.Equal("{", File.ReadAllText(_bench.LockFile));
    }

    [Fact]
    public void Where_signatures_are_required_only_a_signed_and_unchanged_package_is_used()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _bench.Settings["Connectors:Trust:RequireSignature"] = "true";
        _bench.Settings["Connectors:Trust:Keys:0"] = key.ExportSubjectPublicKeyInfoPem();
        _bench.Open();
        var signed = _bench.DropHello("1.0.0");
        signed.Write(PackageTrust.SignatureFile, Convert.ToBase64String(
            key.SignData(PackageTrust.HashList(signed.Folder), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)));
        var unsigned = _bench.DropHello("1.1.0");
        var changed = _bench.DropHello("1.2.0").Write(PackageTrust.SignatureFile, File.ReadAllText(signed.PathOf(PackageTrust.SignatureFile)));
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var foreign = _bench.DropHello("1.3.0");
        foreign.Write(PackageTrust.SignatureFile, Convert.ToBase64String(
            stranger.SignData(PackageTrust.HashList(foreign.Folder), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)));
        _bench.Settle();

        Assert.Equal("1.0.0", _bench.ActiveVersion);
        Assert.Contains("No key", _bench.Refusal(foreign.Folder), StringComparison.Ordinal);
        Assert.Contains("package.sig: Missing", _bench.Refusal(unsigned.Folder), StringComparison.Ordinal);
        Assert.Contains("No key", _bench.Refusal(changed.Folder), StringComparison.Ordinal);
    }

    [Fact]
    public void A_connector_that_is_no_longer_on_the_allow_list_is_listed_and_not_used()
    {
        Drop("1.0.0");
        _bench.Settings["Connectors:Trust:AllowList:0"] = "bitly";
        _bench.Open();

        Assert.Contains("AllowList", Assert.Throws<ConnectorNotFoundException>(() => _bench.ActiveVersion).Message, StringComparison.Ordinal);
        _bench.Settings["Connectors:Trust:AllowList:1"] = "hello@1.0.0";
        _bench.Open();
        Assert.Equal("1.0.0", _bench.ActiveVersion);
    }

    private void Drop(params string[] versions)
    {
        foreach (var version in versions)
        {
            _bench.DropHello(version);
        }

        _bench.Settle();
    }
}
